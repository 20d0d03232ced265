/** Adds an item to the list that a map holds for the key. */
export function addTo<K, V>(map: Map<K, V[]>, key: K, item: V): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}
