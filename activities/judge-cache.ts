/** The last few things that were made, by key: made once however many ask at the same time, again after a failure. */
export class RecentlyUsed<T> {
  private readonly entries = new Map<string, Promise<T>>();
  private readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /**
   * What is kept under a key, or what `make` makes of it.
   * @param keep whether what was made is to be kept
   */
  async get(key: string, make: () => Promise<T>, keep: (made: T) => boolean): Promise<T> {
    const known = this.entries.get(key);
    if (known !== undefined) {
      // The one used last is dropped last.
      this.entries.delete(key);
      this.entries.set(key, known);
      return known;
    }
    const making = make();
    this.entries.set(key, making);
    const oldest = this.entries.keys().next().value;
    if (this.entries.size > this.capacity && oldest !== undefined) this.entries.delete(oldest);
    try {
      const made = await making;
      if (!keep(made)) this.drop(key, making);
      return made;
    } catch (error) {
      this.drop(key, making);
      throw error;
    }
  }

  private drop(key: string, making: Promise<T>): void {
    if (this.entries.get(key) === making) this.entries.delete(key);
  }
}
