/** Scenarios of part A, told in the language of the view service alone. */
import { ScenarioFailure } from '../../judging/failure';
import { seededRandom } from '../../runtime/seeded-random';
import { type About, addScenario } from '../../suite/scenario/scenario';
import { drawnIn } from '../../suite/scenario/setting';
import type { BareStage } from '../../suite/scenario/stage';
import { viewService } from './lab';
import { BareTrace } from './language/bare-trace';
import {
  drawnSetting,
  plainViewSetting,
  type ViewSetting,
  viewDimensions,
  viewSettingInWords,
} from './language/setting';
import { bareViews, viewsInWorld } from './language/view-ports';
import type { Views } from './language/views';

export function viewScenario(
  id: string,
  name: string,
  about: About,
  tell: (views: Views) => Promise<void>,
): void {
  addScenario(viewService, id, name, {
    ...about,
    onlySimulated: 'there, time passes when the scenario says so',
    body: async ({ world, bare, seed, kept, tellSetting }) => {
      const setting = drawnSetting(seed, kept);
      // The bare rules first: what fails there needs no network to be understood.
      if (bare !== undefined) {
        await inPlainSettingToo(setting, (one) => tell(viewsOn(bare, one)));
      }
      tellSetting?.(drawnIn(viewDimensions, setting));
      return tell(viewsInWorld(world, setting));
    },
  });
}

/** The bare view service, in this setting. */
function viewsOn({ solution, seed, onInput, keepTrace }: BareStage, setting: ViewSetting): Views {
  const trace = keepTrace && new BareTrace();
  keepTrace?.(() => trace?.events(setting.pingIntervalMs) ?? []);
  const onCall = (what: string) => onInput?.('vs', what);
  return bareViews(solution, seededRandom(seed), setting, onCall, trace);
}

/** What fails is told in the plain setting, if it fails there, too; if not, the setting matters. */
async function inPlainSettingToo(
  setting: ViewSetting,
  tell: (setting: ViewSetting) => Promise<void>,
): Promise<void> {
  try {
    await tell(setting);
  } catch (error) {
    if (drawnIn(viewDimensions, setting).length === 0) throw error;
    await tell(plainViewSetting);
    if (!(error instanceof ScenarioFailure)) throw error;
    const words = `${viewSettingInWords(setting)}; with ${viewSettingInWords(plainViewSetting)} this run passes`;
    throw new ScenarioFailure({ ...error.failure, setting: words });
  }
}
