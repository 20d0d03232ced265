/** Boots the program that a role names. */
import type { Boot } from '../runtime/node';
import type { Role } from './role';
import type { NodeModules } from './sandbox/sandbox';

/** Boots a node from modules of its own. */
export function bootOf({ program, options }: Role, modules: NodeModules): Boot {
  const { file, factory } = program;
  return (runtime) => {
    const make = modules.load(file, runtime)[factory] as (options: Role['options']) => Boot;
    return make(options)(runtime);
  };
}
