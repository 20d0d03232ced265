/** The catalogue of scenarios is complete and well-formed. */
import { allScenarios } from './catalogue';

const scenarios = allScenarios();
const partA = scenarios.filter(({ part }) => part === 'A');

const caseOf = ({ id }: { readonly id: string }) => id.replace(/[a-z]$/, '');
const byNumber = (a: string, b: string) => Number(a.slice(1)) - Number(b.slice(1));

test('part A has all cases, in their order', () => {
  const cases = [...new Set(partA.map(caseOf))];
  expect(cases).toEqual(Array.from({ length: 19 }, (_, i) => `A${i + 1}`));
});

test('what always counts is worth 100 points', () => {
  expect(scenarios.reduce((sum, { points }) => sum + points, 0)).toBe(100);
});

test('part B has all cases', () => {
  const cases = new Set(scenarios.filter(({ part }) => part === 'B').map(caseOf));
  expect([...cases].sort(byNumber)).toEqual(Array.from({ length: 40 }, (_, i) => `B${i + 1}`));
});

test('ids are unique', () => {
  const ids = scenarios.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

describe.each(scenarios.map((scenario) => [scenario.id, scenario] as const))('%s', (id, about) => {
  test('has an id of its part', () => {
    expect(id).toMatch(/^[AB]\d+[a-z]?$/);
    expect(id[0]).toBe(about.part);
  });

  test('has a name that reads as the rest of a line', () => {
    expect(about.name).toMatch(/^[^A-Z\s].*[^.\s]$/);
  });

  test('says what it checks, why it matters and where to look', () => {
    const { rule, why, hint } = about;
    for (const text of [rule, why, hint]) expect(text).toMatch(/^\S.*[.?]$/);
    expect(new Set([rule, why, hint]).size).toBe(3);
  });

  test('is worth whole points and runs with several seeds', () => {
    expect(Number.isInteger(about.points) && about.points >= 1).toBe(true);
    expect(about.seeds).toBeGreaterThanOrEqual(1);
  });
});
