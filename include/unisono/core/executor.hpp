#pragma once

#include <functional>
#include <utility>

namespace unisono::inline v0 {

/// A task that runs once. Copyable, as std::function demands; hold move-only things by shared_ptr.
using task = std::function<void()>;

/// One thread's queue of work, seen without the I/O library behind it.
///
/// Tasks posted from one thread run in the order they were posted, one at a time. What lives on an executor
/// is touched only from its tasks; no locks are needed there. Thread safety: all members may be called from
/// any thread.
class executor {
public:
    virtual ~executor() = default;

    /// Queues `work`; never runs it before returning.
    virtual void post(task work) = 0;

    /// Is the calling thread the one that runs this executor's tasks, right now?
    virtual bool running_here() const noexcept = 0;

    /// Runs `work` now when already on this executor, else posts it.
    void dispatch(task work) {
        if (running_here())
            work();
        else
            post(std::move(work));
    }
};

} // namespace unisono::inline v0
