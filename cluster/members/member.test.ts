import { replicaArguments } from './layout';
import { Member } from './member';
import { Network } from './network';

test('a member that does not start says why, and is not announced as ended', async () => {
  const lines: unknown[] = [];
  const onUnexpectedEnd = jest.fn();
  const onLine = (line: unknown) => lines.push(line);
  const member = new Member('s1', () => replicaArguments('nonsense'), { onLine, onUnexpectedEnd });
  await member.join(new Network());
  await expect(member.start()).rejects.toThrow('s1 did not start: exit code 2');
  expect(lines).toContainEqual(expect.stringContaining('--viewservice: expected an address'));
  expect(onUnexpectedEnd).not.toHaveBeenCalled();
  expect(member.condition).toBe('dead');
  member.leave();
});
