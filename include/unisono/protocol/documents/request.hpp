#pragma once

#include <unisono/core/payload.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace unisono::inline v0 {

/// What a client asks of a document it has open.
enum class document_verb : std::uint8_t {
    greet,     ///< what do you have, and who is here?
    sync,      ///< data: a state vector. What do I lack?
    change,    ///< data: an update (V1). Take it in, store it, tell the others.
    compare,   ///< data: an update (V1). Is all of it stored already? Changes nothing.
    awareness, ///< data: an awareness update of y-protocols
};

struct document_request {
    document_verb verb = document_verb::greet;
    payload data = {};
};

enum class document_failure : std::uint8_t {
    none,
    invalid,     ///< the data is not what it should be
    too_large,   ///< beyond a limit
    unavailable, ///< the store failed, or too much came before the document was loaded: try again later
};

/// The answer to a request. Each part is empty where there is nothing to say.
struct document_answer {
    document_failure failure = document_failure::none;
    std::string why = {};   ///< of a failure, for people
    bool known = false;     ///< compare: it is
    payload missing = {};   ///< sync: an update with what the client lacks
    payload vector = {};    ///< greet, sync: the state vector of what the document has
    payload awareness = {}; ///< greet, sync: everybody; awareness: clocks the client has to overtake
};

using document_done = std::function<void(document_answer const&)>;

} // namespace unisono::inline v0
