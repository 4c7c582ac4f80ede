#pragma once

#include <unisono/core/payload.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace unisono::inline v0 {

/// What a client asks of a document it has open.
enum class document_verb : std::uint8_t {
    greet,     ///< what do you have, and who is here?
    sync,      ///< data: a state vector. What do I lack?
    change,    ///< data: an update (V1). Take it in, store it, tell the others.
    awareness, ///< data: an awareness update of y-protocols
};

struct document_request {
    document_verb verb = document_verb::greet;
    payload data = {};
    bool everybody = false; ///< sync: who is here, too; `greet` says that as well
};

enum class document_failure : std::uint8_t {
    none,
    invalid,     ///< the data is not what it should be
    too_large,   ///< beyond a limit
    unavailable, ///< the store failed, or too much came before the document was loaded: try again later
    read_only,   ///< the client may not change anything. `known`: all of it is stored already
    refused,     ///< the host does not want this change, or this client
};

/// The answer to a request. Each part is empty where there is nothing to say.
struct document_answer {
    document_failure failure = document_failure::none;
    std::string why = {};              ///< of a failure, for people
    bool known = false;                ///< change: all of it is stored
    std::vector<payload> earlier = {}; ///< sync: updates to send before `missing`, where it would be large
    payload missing = {};              ///< sync: an update with what the client lacks, or the last part of it
    payload vector = {};               ///< greet, sync: the state vector of what the document has
    payload awareness = {}; ///< everybody, if asked for; of awareness: clocks the client has to overtake
};

/// Calls `send(part, more)` for all that the client lacks, in order; `more` bytes follow, after the last
/// none.
template <class Send>
void for_each_part(document_answer const& a, Send send) {
    std::size_t more = a.missing.size();
    for (payload const& part : a.earlier)
        more += part.size();
    for (payload const& part : a.earlier)
        send(part, more -= part.size());
    send(a.missing, std::size_t{0});
}

using document_done = std::function<void(document_answer const&)>;

} // namespace unisono::inline v0
