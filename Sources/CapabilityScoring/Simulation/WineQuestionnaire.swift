/// The short form of the questionnaire for wine firms: 22 practices, 14 capabilities, in three languages.
///
/// `Datasets/wine-questionnaire` holds the whole of it, with its context and outcomes, and says how to field it; a test
/// keeps the two alike.
enum WineQuestionnaire {
  static let shortForm = #"""
    codebook: 1
    title:
      en: "Innovation and export practices of wine firms: short questionnaire, version 1"
      fr: "Pratiques d'innovation et d'export des entreprises viticoles : questionnaire court, version 1"
      es: "Prácticas de innovación y exportación de bodegas: cuestionario breve, versión 1"
    scales:
      maturity:
        - {codes: [0], label: {en: "Not done", fr: "Pas fait", es: "No se hace"}}
        - codes: [1]
          label:
            en: "Done on occasion by one person"
            fr: "Fait à l'occasion par une personne"
            es: "Lo hace a veces una persona"
        - codes: [2]
          label:
            en: "Done regularly, informally"
            fr: "Fait régulièrement, de façon informelle"
            es: "Se hace con regularidad, de manera informal"
        - codes: [3]
          label:
            en: "Organised: owner, method, written trace"
            fr: "Organisé : responsable, méthode, trace écrite"
            es: "Organizado: responsable, método, registro escrito"
        - codes: [4]
          label:
            en: "Organised, measured and improved"
            fr: "Organisé, mesuré et amélioré"
            es: "Organizado, medido y mejorado"
    items:
      - column: q01
        id: outside-bodies
        kind: likert
        scale: maturity
        text:
          en: "We know which outside body to call for customs, labels, laboratories and funding, and called at least one this year."
          fr: "Nous savons quel organisme appeler pour la douane, l'étiquetage, les laboratoires et les financements, et en avons appelé au moins un cette année."
          es: "Sabemos a qué organismo acudir por aduana, etiquetas, laboratorios y financiamiento, y acudimos al menos a uno este año."
      - column: q05
        id: partner-project
        kind: likert
        scale: maturity
        text:
          en: "At least one project a year is done with a partner who brings a skill we lack."
          fr: "Au moins un projet par an est mené avec un partenaire qui apporte une compétence qui nous manque."
          es: "Al menos un proyecto por año se hace con un socio que aporta una competencia que nos falta."
      - column: q07
        id: launch-tests
        kind: likert
        scale: maturity
        text:
          en: "Buyers or drinkers from a target market taste or test before launch."
          fr: "Des acheteurs ou consommateurs d'un marché cible goûtent ou testent avant le lancement."
          es: "Compradores o consumidores de un mercado objetivo prueban antes del lanzamiento."
      - column: q10
        id: shared-contacts
        kind: likert
        scale: maturity
        text:
          en: "Contacts and orders are in one shared file."
          fr: "Contacts et commandes sont dans un fichier unique et partagé."
          es: "Contactos y pedidos están en un único archivo compartido."
      - column: q14
        id: watch-owner
        kind: likert
        scale: maturity
        text:
          en: "Someone owns the watch and passes on a short note."
          fr: "Une personne est chargée de la veille et transmet une courte note."
          es: "Una persona está a cargo de la vigilancia y transmite una nota breve."
      - column: q16
        id: future-skills
        kind: likert
        scale: maturity
        text:
          en: "We list the skills needed by next year's new products and markets."
          fr: "Nous listons les compétences que demandent les nouveaux produits et marchés de l'an prochain."
          es: "Listamos las competencias que exigen los nuevos productos y mercados del próximo año."
      - column: q19
        id: yearly-training
        kind: likert
        scale: maturity
        text:
          en: "Each year staff are trained in something new (technique, language, trade)."
          fr: "Chaque année, le personnel est formé à quelque chose de nouveau (technique, langue, commerce)."
          es: "Cada año el personal se capacita en algo nuevo (técnica, idioma, comercio)."
      - column: q22
        id: trials-recorded
        kind: likert
        scale: maturity
        text:
          en: "Trials, failed ones included, are written down and can be found."
          fr: "Les essais, même ratés, sont consignés et retrouvables."
          es: "Los ensayos, incluso los fallidos, se registran y se pueden encontrar."
      - column: q26
        id: lessons-across-markets
        kind: likert
        scale: maturity
        text:
          en: "What was learned in one market was used in another."
          fr: "Ce qui a été appris sur un marché a servi sur un autre."
          es: "Lo aprendido en un mercado se usó en otro."
      - column: q28
        id: written-plan
        kind: likert
        scale: maturity
        text:
          en: "A written plan links new products to target markets."
          fr: "Un plan écrit relie nouveaux produits et marchés cibles."
          es: "Un plan escrito vincula nuevos productos con mercados objetivo."
      - column: q31
        id: explicit-criteria
        kind: likert
        scale: maturity
        text:
          en: "Projects and markets are chosen with explicit criteria."
          fr: "Projets et marchés sont choisis selon des critères explicites."
          es: "Proyectos y mercados se eligen con criterios explícitos."
      - column: q34
        id: mix-per-market
        kind: likert
        scale: maturity
        text:
          en: "Price, range, pack, channel and message are set per market."
          fr: "Prix, gamme, emballage, circuit et message sont définis par marché."
          es: "Precio, gama, envase, canal y mensaje se fijan por mercado."
      - column: q37
        id: project-owner
        kind: likert
        scale: maturity
        text:
          en: "Each project has an owner, steps, budget."
          fr: "Chaque projet a un responsable, des étapes, un budget."
          es: "Cada proyecto tiene responsable, etapas y presupuesto."
      - column: q40
        id: results-against-plan
        kind: likert
        scale: maturity
        text:
          en: "Results are compared with the plan at the end."
          fr: "Les résultats sont comparés au plan à la fin."
          es: "Al final los resultados se comparan con el plan."
      - column: q43
        id: brands-registered
        kind: likert
        scale: maturity
        text:
          en: "Brands are searched and registered in the target countries before entry."
          fr: "Les marques font l'objet d'une recherche et d'un dépôt dans les pays cibles avant l'entrée."
          es: "Las marcas se buscan y registran en los países objetivo antes de entrar."
      - column: q46
        id: free-to-test
        kind: likert
        scale: maturity
        text:
          en: "Staff may test an idea without asking first, within limits."
          fr: "Le personnel peut tester une idée sans demander d'abord, dans certaines limites."
          es: "El personal puede probar una idea sin pedir permiso, dentro de límites."
      - column: q49
        id: ideas-answered
        kind: likert
        scale: maturity
        text:
          en: "Ideas are collected and answered."
          fr: "Les idées sont recueillies et reçoivent une réponse."
          es: "Las ideas se recogen y se responden."
      - column: q52
        id: idea-sessions
        kind: likert
        scale: maturity
        text:
          en: "Idea sessions are held with a method."
          fr: "Des séances d'idées sont tenues avec une méthode."
          es: "Se hacen sesiones de ideas con un método."
      - column: q55
        id: planned-trials
        kind: likert
        scale: maturity
        text:
          en: "Trial plots, micro-vinifications or prototypes are planned."
          fr: "Des parcelles d'essai, microvinifications ou prototypes sont planifiés."
          es: "Se planifican parcelas de ensayo, microvinificaciones o prototipos."
      - column: q58
        id: buyer-language
        kind: likert
        scale: maturity
        text:
          en: "We answer in writing and in speech in the buyer's language."
          fr: "Nous répondons par écrit et à l'oral dans la langue de l'acheteur."
          es: "Respondemos por escrito y de palabra en el idioma del comprador."
      - column: q62
        id: rules-checked
        kind: likert
        scale: maturity
        text:
          en: "Label and customs rules are checked per market."
          fr: "Les règles d'étiquetage et de douane sont vérifiées par marché."
          es: "Las normas de etiquetado y aduana se verifican por mercado."
      - column: q64
        id: export-cost
        kind: likert
        scale: maturity
        text:
          en: "The full export cost is known before quoting."
          fr: "Le coût complet à l'export est connu avant de faire une offre."
          es: "El costo total de exportar se conoce antes de cotizar."
    capabilities:
      - id: network
        name:
          en: "Network"
          fr: "Réseau"
          es: "Redes"
        description:
          en: "A1 weak ties; A2 lasting partners"
          fr: "A1 liens faibles; A2 partenaires durables"
          es: "A1 lazos débiles; A2 socios duraderos"
        items: [outside-bodies, partner-project]
        dimension: network
      - id: customer
        name:
          en: "Customer and user"
          fr: "Client et utilisateur"
          es: "Cliente y usuario"
        description:
          en: "A3 involve; A4 manage the relation"
          fr: "A3 associer; A4 gérer la relation"
          es: "A3 involucrar; A4 gestionar la relación"
        items: [launch-tests, shared-contacts]
        dimension: customer
      - id: information
        name:
          en: "Information"
          fr: "Veille"
          es: "Vigilancia"
        description:
          en: "A5 search"
          fr: "A5 rechercher"
          es: "A5 buscar"
        items: [watch-owner]
        dimension: information
      - id: skills
        name:
          en: "Skills"
          fr: "Compétences"
          es: "Competencias"
        description:
          en: "A6 foresee; A7 develop"
          fr: "A6 anticiper; A7 développer"
          es: "A6 prever; A7 desarrollar"
        items: [future-skills, yearly-training]
        dimension: skills
      - id: knowledge
        name:
          en: "Knowledge capitalisation"
          fr: "Capitalisation des connaissances"
          es: "Capitalización del conocimiento"
        description:
          en: "A8 keep; A9 reuse"
          fr: "A8 conserver; A9 réutiliser"
          es: "A8 conservar; A9 reutilizar"
        items: [trials-recorded, lessons-across-markets]
        dimension: knowledge
      - id: strategy
        name:
          en: "Strategy"
          fr: "Stratégie"
          es: "Estrategia"
        description:
          en: "A10 one strategy; A11 prioritise; A12 market mix"
          fr: "A10 une stratégie; A11 hiérarchiser; A12 mix commercial"
          es: "A10 una estrategia; A11 priorizar; A12 mezcla comercial"
        items: [written-plan, explicit-criteria, mix-per-market]
        dimension: strategy
      - id: projects
        name:
          en: "Projects"
          fr: "Projets"
          es: "Proyectos"
        description:
          en: "A13 steer; A14 learn"
          fr: "A13 piloter; A14 apprendre"
          es: "A13 conducir; A14 aprender"
        items: [project-owner, results-against-plan]
        dimension: projects
      - id: intellectual-property
        name:
          en: "Intellectual property"
          fr: "Propriété intellectuelle"
          es: "Propiedad intelectual"
        description:
          en: "A15 protect and use"
          fr: "A15 protéger et valoriser"
          es: "A15 proteger y usar"
        items: [brands-registered]
        dimension: intellectual-property
      - id: culture
        name:
          en: "Culture"
          fr: "Culture"
          es: "Cultura"
        description:
          en: "A16 autonomy; A17 exchange"
          fr: "A16 autonomie; A17 échanger"
          es: "A16 autonomía; A17 intercambiar"
        items: [free-to-test, ideas-answered]
        dimension: culture
      - id: creativity
        name:
          en: "Creativity and idea work"
          fr: "Créativité et travail des idées"
          es: "Creatividad y trabajo de ideas"
        description:
          en: "I1 creativity"
          fr: "I1 créativité"
          es: "I1 creatividad"
        items: [idea-sessions]
        dimension: creativity
      - id: experimentation
        name:
          en: "Design, R&D and experiment"
          fr: "Conception, R&D et expérimentation"
          es: "Diseño, I+D y experimentación"
        description:
          en: "I2 experiment"
          fr: "I2 expérimenter"
          es: "I2 experimentar"
        items: [planned-trials]
        dimension: experimentation
      - id: languages
        name:
          en: "Languages and business culture"
          fr: "Langues et culture des affaires"
          es: "Idiomas y cultura de negocios"
        description:
          en: "E1 languages"
          fr: "E1 langues"
          es: "E1 idiomas"
        items: [buyer-language]
        dimension: languages
      - id: compliance
        name:
          en: "Compliance and logistics"
          fr: "Conformité et logistique"
          es: "Cumplimiento y logística"
        description:
          en: "E2 compliance"
          fr: "E2 conformité"
          es: "E2 cumplimiento"
        items: [rules-checked]
        dimension: compliance
      - id: export-finance
        name:
          en: "Export finance and terms"
          fr: "Finance et conditions d'export"
          es: "Finanzas y condiciones de exportación"
        description:
          en: "E3 finance"
          fr: "E3 finance"
          es: "E3 finanzas"
        items: [export-cost]
        dimension: export-finance
    """#
}
