import fc from 'fast-check';
import { compiledOf, issuesOf, stageInput } from '../support/pipelines';

const orderOf = (...stages: [string, ...string[]][]) =>
  compiledOf(stages.map(([name, ...dependsOn]) => stageInput(name, { dependsOn }))).stages.map(({ name }) => name);

test('a stage comes after all it needs, otherwise in the order of the file', () => {
  expect(orderOf(['d', 'b', 'c'], ['b', 'a'], ['c', 'a'], ['a'])).toEqual(['a', 'b', 'c', 'd']);
  expect(orderOf(['late', 'p'], ['p'], ['q'])).toEqual(['p', 'late', 'q']);
  expect(orderOf(['z'], ['y'], ['x'])).toEqual(['z', 'y', 'x']);
  expect(orderOf(['last', 'first'], ['alone'], ['first'])).toEqual(['alone', 'first', 'last']);
});

test('levels say what can run side by side', () => {
  const { stages } = compiledOf([
    stageInput('a'),
    stageInput('b', { dependsOn: ['a'] }),
    stageInput('c', { dependsOn: ['a'] }),
    stageInput('d', { dependsOn: ['b', 'c'] }),
    stageInput('e', { dependsOn: ['a', 'd'] }),
    stageInput('f'),
  ]);
  expect(Object.fromEntries(stages.map(({ name, level }) => [name, level]))).toEqual({
    a: 0,
    b: 1,
    c: 1,
    d: 2,
    e: 3,
    f: 0,
  });
  expect(stages.find(({ name }) => name === 'e')!.needs).toEqual(['a', 'd']);
});

test('an output that is taken makes an edge, and one that is declared too is told once, as explicit', () => {
  const a = stageInput('a', { outputs: [{ name: 'o', path: '/o' }] });
  const taking = {
    inputs: [
      { name: 'i', from: 'a.o' },
      { name: 'j', from: 'a.o' },
    ],
  };
  const { edges, stages } = compiledOf([stageInput('b', taking), a, stageInput('c', { ...taking, dependsOn: ['a'] })]);
  expect(stages.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(edges).toEqual([
    { from: 'a', to: 'b', kind: 'implicit' },
    { from: 'a', to: 'c', kind: 'explicit' },
  ]);
});

const ring = (...names: string[]) =>
  names.map((name, k) => stageInput(name, { dependsOn: [names[(k + 1) % names.length]!] }));

test('a cycle is named in the order in which its stages wait', () => {
  expect(issuesOf(ring('a', 'b', 'c'))).toEqual([
    'stages.0.dependsOn.0: expected no cycle: a waits for b waits for c waits for a',
  ]);
});

test('what only hangs on a cycle is not part of it', () => {
  const [found] = issuesOf([stageInput('x', { dependsOn: ['a'] }), ...ring('a', 'b'), stageInput('free')]);
  expect(found).toBe('stages.1.dependsOn.0: expected no cycle: a waits for b waits for a');
});

test('what a cycle hangs on is not part of it', () => {
  const [found] = issuesOf([
    stageInput('free'),
    stageInput('a', { dependsOn: ['free', 'b'] }),
    stageInput('b', { dependsOn: ['a'] }),
  ]);
  expect(found).toContain('a waits for b waits for a');
  expect(found).not.toContain('free');
});

test('a cycle by an output is found, and a long one is shortened', () => {
  const outputs = [{ name: 'o', path: '/o' }];
  const stages = [
    stageInput('a', { outputs, inputs: [{ name: 'i', from: 'b.o' }] }),
    stageInput('b', { outputs, dependsOn: ['a'] }),
  ];
  expect(issuesOf(stages)).toEqual(['stages.0.inputs.0.from: expected no cycle: a waits for b waits for a']);
  const names = Array.from({ length: 40 }, (_, k) => `s${k}`);
  expect(issuesOf(ring(...names))[0]).toMatch(/s0 waits for .* waits for … \(40 stages\) waits for s0$/);
});

test('any graph is ordered, or has a cycle that is one', () => {
  const graphs = fc.array(fc.array(fc.nat(11), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(graphs, (wanted) => {
      const stages = wanted.map((needs, k) => {
        const others = [...new Set(needs.map((need) => need % wanted.length))].filter((need) => need !== k);
        return stageInput(`s${k}`, { dependsOn: others.map((need) => `s${need}`) });
      });
      const needsOf = (name: string) => stages.find((stage) => stage.name === name)!.dependsOn!;
      const issues = issuesOf(stages);
      if (issues.length > 0) {
        const cycle = issues[0]!.split('expected no cycle: ')[1]!.split(' waits for ');
        expect(cycle.at(-1)).toBe(cycle[0]);
        cycle.slice(1).forEach((name, k) => expect(needsOf(cycle[k]!)).toContain(name));
        return;
      }
      const seen = new Set<string>();
      for (const { name } of compiledOf(stages).stages) {
        for (const need of needsOf(name)) expect(seen).toContain(need);
        seen.add(name);
      }
      expect(seen.size).toBe(stages.length);
    }),
    { seed: 8, numRuns: 300 },
  );
});

test('a condition may speak of exactly those that are upstream', () => {
  const chain = Array.from({ length: 70 }, (_, k) => stageInput(`s${k}`, k === 0 ? {} : { dependsOn: [`s${k - 1}`] }));
  const asking = (of: string) => stageInput('asks', { dependsOn: ['s40'], condition: `{{ .Stages.${of}.Success }}` });
  for (const stage of ['s0', 's31', 's32', 's40']) expect(issuesOf([...chain, asking(stage)])).toEqual([]);
  for (const stage of ['s41', 's64', 's69']) expect(issuesOf([...chain, asking(stage)])[0]).toContain('may end later');
});
