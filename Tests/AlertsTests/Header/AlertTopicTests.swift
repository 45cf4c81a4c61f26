import Alerts
import Testing

@Suite struct AlertTopicTests {
    @Test(arguments: AlertKind.allCases)
    func everyKindHasItsTopic(kind: AlertKind) {
        let topic = AlertTopic(kind: kind)
        #expect(topic.name == "alerts/\(kind.channel)/\(kind)")
        #expect(AlertTopic(topicName: topic.name) == topic)
    }

    @Test(arguments: [
        "", "alerts", "alerts/intelligence", "alerts/intelligence/diversion-incident",
        "alerts/chemical-diversion/diversion-incident/",
        "Alerts/chemical-diversion/diversion-incident",
    ])
    func refusesOtherTopics(name: String) {
        #expect(AlertTopic(topicName: name) == nil)
    }

    @Test func filtersAWholeChannel() {
    }

    @Test func thereAreSeventeenKindsInThreeChannels() {
        #expect(AlertKind.allCases.count == 17)
        let counts = Dictionary(grouping: AlertKind.allCases, by: \.channel).mapValues(\.count)
        #expect(counts == [.chemicalDiversion: 4, .traffickingTrends: 6, .intelligence: 7])
    }
}
