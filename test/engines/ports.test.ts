import { freePort, isListening, onFreePorts } from '../../src/engines/ports';

describe('freePort', () => {
  it('never gives the same port twice in a row of 200, and nobody listens on it', async () => {
    const ports = await Promise.all(Array.from({ length: 200 }, freePort));
    expect(new Set(ports).size).toBe(200);
    expect(await isListening(ports[0]!)).toBe(false);
  });
});

describe('onFreePorts', () => {
  it('tries again on other ports if one was taken in between', async () => {
    const tried: number[] = [];
    const started = await onFreePorts(async (first) => {
      tried.push(first);
      if (tried.length === 1) throw new Error('server ended', { cause: new Error('bind: address already in use') });
      return first;
    });
    expect(tried).toHaveLength(2);
    expect(started).toBe(tried[1]);
  });

  it('gives up after three, and at once on any other error', async () => {
    const taken = jest.fn().mockRejectedValue(new Error('Address already in use'));
    await expect(onFreePorts(taken)).rejects.toThrow('Address already in use');
    expect(taken).toHaveBeenCalledTimes(3);
    const broken = jest.fn().mockRejectedValue(new Error('disk is full'));
    await expect(onFreePorts(broken)).rejects.toThrow('disk is full');
    expect(broken).toHaveBeenCalledTimes(1);
  });
});
