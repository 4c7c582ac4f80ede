#pragma once

#include <unisono/hub/hub.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace unisono::inline v0 {

/// Subscribes to a room whose messages change a state that is kept elsewhere (a database), so that no change
/// is missed between loading and listening: takes the room's position, has the state loaded, and subscribes
/// with recovery from that position. Whoever changes the state must store it before publishing the change. A
/// change may then come twice, in the state and as a message; none is lost.
///
/// `load(position, ready)` runs on shard `where`; it calls `ready()` once the state is loaded, on any thread,
/// or drops it on that shard to give up. `done` is as for hub::subscribe(); without `recovered` more happened
/// meanwhile than the room keeps (or than 300): unsubscribe and start over.
inline void subscribe_after_loading(hub& rooms, std::size_t where, std::string_view room,
                                    std::shared_ptr<subscriber> who,
                                    std::function<void(position const& at, std::function<void()> ready)> load,
                                    std::function<void(subscription, subscribed)> done) {
    // Somebody is in the room until then, or it might be forgotten and its position with it.
    struct placeholder final : subscriber {
        void deliver(message_ptr const&) override {}
    };
    rooms.subscribe(where, room, std::make_shared<placeholder>(), {},
                    [&rooms, where, room = std::string{room}, who = std::move(who), load = std::move(load),
                     done = std::move(done)](subscription hold, subscribed const& past) {
                        auto const held = std::make_shared<subscription>(std::move(hold));
                        load(past.at, [&rooms, where, room, who, done, held, at = past.at] {
                            rooms.subscribe(where, room, who, {.recover = at},
                                            [held, done](subscription link, subscribed missed) {
                                                held->cancel();
                                                done(std::move(link), std::move(missed));
                                            });
                        });
                    });
}

} // namespace unisono::inline v0
