/// Texts numbered in the order of their first appearance.
///
/// An open-addressing table over one arena of bytes: a lookup of a text that is there allocates nothing.
struct TextDictionary: Sendable {
  private var arena: [UInt8] = []
  private var entries: [Entry] = []
  /// One more than an entry's index; 0 where the place is free. A power of two long.
  private var slots: [Int32] = [Int32](repeating: 0, count: 16)

  private struct Entry: Sendable {
    var hash: UInt64
    /// The first eight bytes, zeros after a shorter text.
    var head: UInt64
    var start: Int
    var count: Int
  }

  var count: Int { entries.count }

  /// The bytes of a text.
  func bytes(_ index: Int) -> ArraySlice<UInt8> {
    arena[entries[index].start..<entries[index].start + entries[index].count]
  }

  /// The number of a text. Up to seven bytes after the text are read, not used.
  mutating func code(for text: UnsafePointer<UInt8>, count: Int) -> Int32 {
    let raw = UnsafeRawPointer(text)
    var head = raw.loadUnaligned(as: UInt64.self).littleEndian
    if count < 8 { head &= (1 << UInt64(8 * count)) &- 1 }
    var hash = (head ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15
    if count > 8 {
      var offset = 8
      while offset + 8 <= count {
        hash = (hash ^ hash >> 32 ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian)
        hash = hash &* 0xD6E8_FEB8_6659_FD93
        offset += 8
      }
      let tail = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self).littleEndian
      hash = (hash ^ hash >> 32 ^ tail) &* 0xD6E8_FEB8_6659_FD93
    }
    hash ^= hash >> 29
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = Int(slots[place]) - 1
      if entry < 0 { break }
      if entries[entry].hash == hash, entries[entry].head == head, entries[entry].count == count,
        count <= 8 || isSame(entry, text)
      {
        return Int32(truncatingIfNeeded: entry)
      }
      place = (place + 1) & mask
    }
    slots[place] = Int32(entries.count + 1)
    entries.append(Entry(hash: hash, head: head, start: arena.count, count: count))
    arena.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    if entries.count * 2 > slots.count { grow() }
    return Int32(entries.count - 1)
  }

  private func isSame(_ entry: Int, _ text: UnsafePointer<UInt8>) -> Bool {
    let start = entries[entry].start
    for offset in 8..<entries[entry].count where arena[start + offset] != text[offset] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 4)
    let mask = slots.count - 1
    for (index, entry) in entries.enumerated() {
      var place = Int(truncatingIfNeeded: entry.hash) & mask
      while slots[place] != 0 { place = (place + 1) & mask }
      slots[place] = Int32(index + 1)
    }
  }
}
