import Yams

extension CodebookReader {
  /// An item or a context variable.
  mutating func variable(
    _ node: Node, _ what: String, isContext: Bool, scales: [Codebook.Scale]
  ) -> Codebook.Variable? {
    let textKey = isContext ? "name" : "text"
    let own = isContext ? ["role"] : []
    let keys = ["column", "id", textKey, "kind", "scale", "levels", "reverse", "missing"] + own
    guard
      let fields = fields(
        node, isContext ? "a context variable" : "an item", allowed: keys, required: ["column", "kind"]),
      let column = text(fields["column"], "'column'")
    else { return nil }
    let id = text(fields["id"], "the id") ?? column
    let name = "the \(what) '\(id)'"
    let (scale, levels) = levels(of: fields, scales: scales, name)
    guard let kind = choice(fields["kind"], "the kind of \(name)", of: Codebook.Kind.self) else { return nil }
    let variable = Codebook.Variable(
      column: column, id: id, text: localizedText(fields[textKey], "the \(textKey) of \(name)"), kind: kind,
      scale: scale, levels: levels, isReversed: flag(fields["reverse"], "'reverse'", default: false),
      missing: missingCodes(fields["missing"]), role: choice(fields["role"], "the role", of: Codebook.Role.self))
    check(variable, name, fields)
    return variable
  }

  private mutating func check(_ variable: Codebook.Variable, _ name: String, _ fields: Fields) {
    let levelNode = fields["levels"] ?? fields["scale"]
    switch variable.kind {
    case .likert, .ordinal:
      if levelNode == nil {
        report("\(name) is \(variable.kind.rawValue) and has neither 'scale' nor 'levels'", at: fields.node)
      }
    case .binary:
      if levelNode != nil, !variable.levels.isEmpty, variable.levels.count != 2 {
        report(
          "\(name) is binary and has \(variable.levels.count) levels; expected 2, the second being yes", at: levelNode)
      }
    case .numeric:
      if let levelNode { report("\(name) is numeric and has levels; did you mean 'kind: ordinal'?", at: levelNode) }
    case .nominal: break
    }
    if variable.isReversed, !variable.kind.isOrdered || variable.kind == .numeric {
      report("\(name) is \(variable.kind.rawValue); only levels in order can be reversed", at: fields["reverse"])
    }
    checkMissing(variable.missing, against: variable.levels, name, at: fields["missing"])
  }

  mutating func checkMissing(
    _ missing: [Codebook.MissingCodes], against levels: [Codebook.Level], _ name: String, at node: Node?
  ) {
    let codes = Set(levels.flatMap(\.codes))
    for code in missing.flatMap(\.codes) where codes.contains(code) {
      report("'\(code.text)' is both a level and a missing code of \(name)", at: node)
    }
  }

  mutating func capabilities(
    _ node: Node?, items: [Codebook.Variable], contextIDs: [String]
  ) -> [Codebook.Capability] {
    let ids = Set(items.map(\.id))
    var owners: [String: String] = [:]
    var seen = Set<String>()
    return list(node, "'capabilities'").compactMap { node in
      let keys = ["id", "name", "description", "items", "actionable", "direction", "effort", "dimension"]
      guard let fields = fields(node, "a capability", allowed: keys, required: ["id", "items"]),
        let id = text(fields["id"], "the id of a capability")
      else { return nil }
      if !seen.insert(id).inserted { report("there are two capabilities '\(id)'; ids must differ", at: node) }
      var measured: [Codebook.Capability.WeightedItem] = []
      for itemNode in list(fields["items"], "the items of capability '\(id)'") {
        guard let item = weightedItem(itemNode) else { continue }
        measured.append(item)
        if !ids.contains(item.item) {
          let hint =
            contextIDs.contains(item.item)
            ? "it is a context variable, which a firm cannot choose"
            : SpellingSuggestion.nearest(to: item.item, in: items.map(\.id)).map { "did you mean '\($0)'?" }
              ?? "name it under 'items'"
          report("capability '\(id)': there is no item '\(item.item)'; \(hint)", at: itemNode)
        } else if let owner = owners.updateValue(id, forKey: item.item) {
          report("item '\(item.item)' belongs to capability '\(owner)' as well; an item measures one", at: itemNode)
        }
      }
      if let list = fields["items"], measured.isEmpty { report("capability '\(id)' has no items", at: list) }
      return Codebook.Capability(
        id: id, name: localizedText(fields["name"], "the name of capability '\(id)'"),
        description: localizedText(fields["description"], "the description of capability '\(id)'"), items: measured,
        isActionable: flag(fields["actionable"], "'actionable'", default: true),
        direction: choice(fields["direction"], "the direction", of: Codebook.Capability.Direction.self) ?? .positive,
        effort: number(fields["effort"], "the effort", default: 1, minimum: 0),
        dimension: text(fields["dimension"], "the dimension"))
    }
  }

  private mutating func weightedItem(_ node: Node) -> Codebook.Capability.WeightedItem? {
    guard case .mapping = node else { return text(node, "an item").map { .init($0) } }
    guard let fields = fields(node, "a weighted item", allowed: ["item", "weight"], required: ["item"]),
      let item = text(fields["item"], "an item")
    else { return nil }
    return .init(item, weight: number(fields["weight"], "the weight", default: 1, minimum: 0))
  }

  mutating func design(_ node: Node?) -> Codebook.Design {
    guard let node,
      let fields = fields(node, "'design'", allowed: ["id", "weight", "strata", "cluster", "groups"])
    else { return Codebook.Design() }
    return Codebook.Design(
      id: text(fields["id"], "the id column"), weight: text(fields["weight"], "the weight column"),
      strata: text(fields["strata"], "the strata column"), cluster: text(fields["cluster"], "the cluster column"),
      groups: list(fields["groups"], "'groups'").compactMap { text($0, "a grouping column") })
  }
}
