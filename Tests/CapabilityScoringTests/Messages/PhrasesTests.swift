import Foundation
import SurveyData
import Testing

@testable import CapabilityScoring

@Suite struct PhrasesTests {
  private func names(_ template: String) -> Set<String> {
    let parts = template.split(separator: "{", omittingEmptySubsequences: false).dropFirst()
    return Set(parts.map { String($0.prefix { $0 != "}" }) })
  }

  @Test(arguments: Phrase.allCases)
  func existsInEveryLanguageWithTheSamePlaces(phrase: Phrase) {
    let expected = names(Phrases(.en).template(phrase))
    for language in Language.allCases {
      let template = Phrases(language).template(phrase)
      #expect(!template.isEmpty && template == template.trimmingCharacters(in: .whitespaces))
      #expect(names(template) == expected, "\(language)")
      #expect(template.count { $0 == "{" } == template.count { $0 == "}" })
      // Filled, nothing of the braces stays.
      let filled = Phrases(language).text(phrase, Dictionary(uniqueKeysWithValues: expected.map { ($0, "#") }))
      #expect(!filled.contains("{") && !filled.contains("}") && (expected.isEmpty || filled.contains("#")))
    }
  }

  /// The texts of every phrase beside ``Phrase``.
  private static let others: [(name: String, texts: (en: String, fr: String, es: String))] =
    DiagnosisPhrase.allCases.map { ("\($0)", $0.texts) } + PlanPhrase.allCases.map { ("\($0)", $0.texts) }
    + IndexPhrase.allCases.map { ("\($0)", $0.texts) }

  @Test func printedPhrasesHaveTheSamePlacesInEveryLanguage() {
    for (name, texts) in Self.others {
      for text in [texts.en, texts.fr, texts.es] {
        #expect(!text.isEmpty && text == text.trimmingCharacters(in: .whitespaces), "\(name)")
        #expect(names(text) == names(texts.en), "\(name)")
        #expect(text.count { $0 == "{" } == text.count { $0 == "}" }, "\(name)")
      }
      if texts.en.contains(" "), !texts.en.contains("→"), !texts.en.hasPrefix("effort {") {
        #expect(texts.en != texts.fr && texts.fr != texts.es && texts.en != texts.es, "\(name)")
      }
      // French sets a space before the high signs.
      for sign in [":", ";", "!", "?"] {
        #expect(!texts.fr.contains { String($0) == sign } || texts.fr.contains(" " + sign), "\(name)")
      }
    }
  }

  @Test func printedPhrasesSayNothingOfCauses() {
    for (name, texts) in Self.others {
      for text in [texts.en, texts.fr, texts.es] {
        for word in Self.causal { #expect(!text.lowercased().contains(word), "\(name): '\(word)'") }
      }
    }
  }

  @Test func firmsWithoutANameAreCounted() {
    #expect(Phrases(.es).firmName("row 12") == "empresa 12" && Phrases(.fr).firmName("F-12") == "F-12")
    #expect(Phrases(.en).firmName("row house") == "row house")
  }

  @Test func signsAreThoseOfTheLanguage() {
    #expect(Phrases(.fr).semicolon == " ; " && Phrases(.es).colon == ": ")
    #expect(Phrases(.fr).text(.effortOf, ["effort": "2"]) == "effort 2")
    #expect(
      Phrases(.es).text(PlanPhrase.toReach, ["targets": "a", "effort": "1"]) == "Plan para alcanzar a (esfuerzo 1)")
    #expect(Phrases(.en).text(IndexPhrase.columnGap) == "gap")
  }

  /// Sentences differ between languages; only words that the languages share may be the same.
  @Test func languagesAreNotMixed() {
    for phrase in Phrase.allCases {
      let (en, fr, es) = phrase.texts
      guard en.contains(" ") else { continue }
      if phrase == .spaceOf { continue }
      #expect(en != fr && fr != es && en != es, "\(phrase)")
    }
  }

  /// Words that would make an association a cause or a promise.
  static let causal = [
    "cause", "causal", "effect", "affect", "lead to", "leads to", "impact", "influence", "because", "guarantee",
    "results in", "make you", "makes", "increases", "improves", "boost", "drives", "thanks to", "will ",
    "effet", "entraîne", "grâce à", "garanti", "provoque", "améliore", "augmente", "permet d’obtenir", "conduit",
    "efecto", "causa", "provoca", "garantiz", "gracias a", "mejora ", "aumenta", "conduce", "hace que", "influye",
  ]

  @Test(arguments: Phrase.allCases)
  func saysNothingOfCauses(phrase: Phrase) {
    for language in Language.allCases {
      let text = Phrases(language).template(phrase).lowercased()
      for word in Self.causal { #expect(!text.contains(word), "\(language): '\(word)' in '\(text)'") }
    }
  }

  /// The list finds what it is there for.
  @Test func causalWordsAreFound() {
    for sentence in ["Training leads to export.", "Cela entraîne l’exportation.", "La marca provoca exportación."] {
      #expect(Self.causal.contains { sentence.lowercased().contains($0) })
    }
  }

  @Test func fillsPlaces() {
    #expect(Phrases(.en).text(.diagnosisOf, ["firm": "F12"]) == "Diagnosis of F12")
    #expect(
      Phrases(.es).text(.rankBetween, ["low": "1", "high": "4"]) == "puesto 1 a 4")
    // A value with braces is not read again.
    #expect(Phrases(.fr).text(.diagnosisOf, ["firm": "{level}"]) == "Diagnostic de {level}")
  }

  @Test func aMissingOrIdleValueIsAProgrammerError() async {
    await #expect(processExitsWith: .failure) { _ = Phrases(.en).text(.diagnosisOf) }
    await #expect(processExitsWith: .failure) { _ = Phrases(.en).text(.rank, ["firm": "x"]) }
  }

  @Test func numbers() {
    let (en, fr, es) = (Phrases(.en), Phrases(.fr), Phrases(.es))
    #expect(en.number(1234567.891, decimals: 2) == "1,234,567.89")
    #expect(fr.number(1234567.891, decimals: 2) == "1\u{202F}234\u{202F}567,89")
    #expect(es.number(1234.5, decimals: 1) == "1234,5" && es.number(12345) == "12\u{202F}345")
    #expect(en.number(-0.04, decimals: 1) == "0.0" && en.number(-0.05, decimals: 1) == "−0.1")
    #expect(en.number(0.285, decimals: 2) == "0.29" && en.number(1.005, decimals: 2) == "1.01")
    #expect(en.number(0) == "0" && en.number(999.6) == "1,000" && fr.number(0.5, decimals: 3) == "0,500")
    #expect(en.number(.nan) == "–" && en.number(-.infinity) == "−∞" && en.number(1e20).count == 27)
    #expect(en.signed(3) == "+3" && en.signed(-3) == "−3" && en.signed(0.01, decimals: 1) == "0.0")
  }

  @Test func percentagesAndPoints() {
    let (en, fr, es) = (Phrases(.en), Phrases(.fr), Phrases(.es))
    #expect(en.percent(0.624) == "62%" && fr.percent(0.624, decimals: 1) == "62,4\u{202F}%")
    #expect(es.percent(0.624) == "62\u{A0}%")
    #expect(
      en.percent(0) == "0%" && en.percent(0.001) == "<1%" && en.percent(0.999) == ">99%" && en.percent(1) == "100%")
    #expect(en.points(0.041) == "+4.1\u{A0}points" && fr.points(0.041) == "+4,1\u{A0}points")
    #expect(es.points(-0.041) == "−4,1\u{A0}puntos" && fr.points(0.01) == "+1,0\u{A0}point")
    #expect(en.points(0.01, decimals: 0) == "+1\u{A0}point" && es.points(0.01, decimals: 0) == "+1\u{A0}punto")
    #expect(en.points(0.01) == "+1.0\u{A0}points")
  }

  @Test func countsAndLists() {
    #expect(Phrases(.en).firmCount(1) == "1\u{A0}firm" && Phrases(.en).firmCount(0) == "0\u{A0}firms")
    #expect(Phrases(.fr).firmCount(0) == "0\u{A0}entreprise" && Phrases(.es).stepCount(2) == "2\u{A0}niveles")
    #expect(Phrases(.en).list(["a"]) == "a" && Phrases(.en).list([]) == "")
    #expect(Phrases(.en).list(["a", "b", "c"]) == "a, b and c" && Phrases(.fr).list(["a", "b"]) == "a et b")
    #expect(
      Phrases(.es).list(["a", "b"]) == "a y b" && Phrases(.es).list(["red", "innovación"]) == "red e innovación")
    #expect(Phrases(.es).list(["red", "hielo"]) == "red y hielo" && Phrases(.es).list(["a", "hijos"]) == "a e hijos")
  }

  @Test func namesOfSpacesAndClasses() {
    for language in Language.allCases {
      let phrases = Phrases(language)
      #expect(Set(CapabilitySpace.allCases.map { phrases.name(of: $0) }).count == 4)
      #expect(Set(BehaviourClass.allCases.map { phrases.name(of: $0) }).count == 4)
    }
  }
}
