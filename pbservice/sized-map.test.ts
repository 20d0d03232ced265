/** The length of a map, whatever is done with it. */
import fc from 'fast-check';
import { SizedMap } from './sized-map';

test('it is that of what is in it, and all else is as with any Map', () => {
  const key = fc.constantFrom('', 'a', '__proto__', 'long'.repeat(9));
  const value = fc.option(fc.string({ maxLength: 5 }), { nil: undefined });
  const set = fc.tuple(fc.constant('set' as const), key, value);
  const remove = fc.tuple(fc.constant('delete' as const), key, fc.constant(undefined));
  const clear = fc.constant(['clear', '', undefined] as const);
  const steps = fc.array(fc.oneof({ weight: 9, arbitrary: set }, remove, clear));
  fc.assert(
    fc.property(steps, (all) => {
      const sized = new SizedMap<string | undefined>((text) => text?.length ?? 0);
      const plain = new Map<string, string | undefined>();
      for (const [step, at, text] of all) {
        if (step === 'set') {
          expect(sized.set(at, text)).toBe(sized);
          plain.set(at, text);
        }
        if (step === 'delete') expect(sized.delete(at)).toBe(plain.delete(at));
        if (step === 'clear') {
          sized.clear();
          plain.clear();
        }
        expect([...sized]).toEqual([...plain]);
        const lengths = [...plain].map(([name, held]) => 64 + name.length + (held?.length ?? 0));
        expect(sized.length).toBe(lengths.reduce((sum, length) => sum + length, 0));
      }
    }),
  );
});
