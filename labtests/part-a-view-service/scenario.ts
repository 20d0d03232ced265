/** Scenarios of part A, told in the language of the view service alone. */
import { ScenarioFailure } from '../../judging/failure';
import { seededRandom } from '../../runtime/seeded-random';
import { type About, addScenario } from '../../suite/scenario/scenario';
import type { BareStage } from '../../suite/scenario/stage';
import { viewService } from './lab';
import { BareTrace } from './language/bare-trace';
import { drawnSetting, plainSetting, settingInWords, type ViewSetting } from './language/setting';
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
    body: async ({ world, bare, seed }) => {
      const setting = drawnSetting(seed);
      // The bare rules first: what fails there needs no network to be understood.
      if (bare !== undefined) {
        await inPlainSettingToo(setting, (one) => tell(viewsOn(bare, one)));
      }
      const inWorld = () => tell(viewsInWorld(world, setting));
      return setting === plainSetting ? inWorld() : inWorld().catch(named(setting, ''));
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
  if (setting === plainSetting) return tell(setting);
  try {
    await tell(setting);
  } catch (error) {
    await tell(plainSetting);
    named(setting, `; with ${settingInWords(plainSetting)} this run passes`)(error);
  }
}

/** Throws the failure with a line about the setting in which it was seen. */
function named(setting: ViewSetting, more: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ScenarioFailure)) throw error;
    const { failure } = error;
    const line = `in a setting with ${settingInWords(setting)}${more}`;
    throw new ScenarioFailure({ ...failure, details: [...(failure.details ?? []), line] });
  };
}
