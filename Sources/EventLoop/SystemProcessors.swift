internal import Glibc

/// The processors of this machine, and waiting without them.
package enum SystemProcessors {
    /// How many there are to run threads on, one at least.
    package static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Lets the calling thread sleep; never on a loop's thread.
    package static func pause(milliseconds: UInt32) {
        usleep(milliseconds * 1000)
    }
}
