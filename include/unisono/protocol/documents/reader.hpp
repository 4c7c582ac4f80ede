#pragma once

#include <unisono/hub/subscriber.hpp>
#include <unisono/protocol/documents/access.hpp>

namespace unisono::inline v0 {

/// What a protocol makes of what happens to a document its client has open. Called on the client's shard.
class document_reader : public subscriber {
public:
    /// What the client may do has changed. What it asked before may be answered later, by the new
    /// rule; with document_access::none nothing comes any more, and the session is to be closed.
    virtual void on_notice(document_notice const& notice) = 0;
};

} // namespace unisono::inline v0
