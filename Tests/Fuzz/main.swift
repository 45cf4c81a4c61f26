// Runs one fuzz target under libFuzzer, guided by coverage: Fuzz TARGET CORPUS [libFuzzer options].
// Only `make fuzz` builds it: the manifest leaves it out unless AVISO_FUZZ is set.
import CFuzzer
import Foundation
import FuzzKit

let arguments = CommandLine.arguments
guard arguments.count >= 3, let target = FuzzedTarget.target else {
    let names = FuzzTarget.all.map(\.name).joined(separator: " ")
    print("Usage: Fuzz TARGET CORPUS [libFuzzer options]\nTargets: \(names)")
    exit(2)
}
do {
    try FuzzedTarget.writeSeeds(of: target, to: arguments[2])
} catch {
    print("Fuzz: the seeds cannot be written to \(arguments[2]): \(error.localizedDescription)")
    exit(1)
}

// libFuzzer keeps the arguments for as long as the program runs, so that they are never freed.
let kept = [arguments[0]] + arguments.dropFirst(2)
var argumentCount = Int32(kept.count)
var argumentList: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
    .allocate(capacity: kept.count + 1)
unsafe argumentList?.initialize(repeating: nil, count: kept.count + 1)
for place in kept.indices { unsafe argumentList?[place] = strdup(kept[place]) }
exit(unsafe LLVMFuzzerRunDriver(&argumentCount, &argumentList, fuzzOne))
