/**
 * The key of a mapping that holds for an image: the image as it is written, else its repository without tag and
 * digest, else the longest `prefix/*`. A key with a tag does not hold for an image that names a digest too, for then
 * the tag says nothing.
 * @returns null where none holds
 * @example keyOf('team/trainer:v2', ['team/trainer:v1', 'team/*']) // 'team/*'
 */
export function keyOf(image: string, keys: readonly string[]): string | null {
  const repository = repositoryOf(image);
  const exact = [image, repository].find((key) => keys.includes(key));
  if (exact !== undefined) return exact;
  const prefixes = keys.filter((key) => key.endsWith('/*') && repository.startsWith(key.slice(0, -1)));
  return prefixes.reduce<string | null>((best, key) => (key.length > (best?.length ?? 0) ? key : best), null);
}

/** The colon of a registry's port stands before the last slash, that of a tag after it. */
function repositoryOf(image: string): string {
  const named = image.split('@')[0]!;
  const colon = named.lastIndexOf(':');
  return colon > named.lastIndexOf('/') ? named.slice(0, colon) : named;
}
