/** Has a client ask the coordination service, instead of a view service, who is primary. */
import type { Boot, Runtime } from '../runtime/node';
import type { Remote } from '../runtime/service';
import { ViewService } from '../viewservice/api';
import { decode, viewOf } from './agreement';
import { type Coordination, stateKey } from './coordination';
import { viewsFrom } from './views';

export function askingArbiter(boot: Boot, open: (runtime: Runtime) => Coordination): Boot {
  return (runtime) => {
    const coordination = open(runtime);
    const get = async () => viewOf(decode((await coordination.get(stateKey)).value));
    const refuse = () => Promise.reject(new Error('only servers report to an arbiter'));
    const views = viewsFrom({ name: coordination.name, ping: refuse, get }, runtime);
    return boot({
      ...runtime,
      connect: (service, to) =>
        service.name === ViewService.name
          ? (views as unknown as Remote<typeof service>)
          : runtime.connect(service, to),
    });
  };
}
