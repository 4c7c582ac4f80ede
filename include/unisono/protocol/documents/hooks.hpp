#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/document/document_replica.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/protocol/hook.hpp>

#include <functional>
#include <string>

namespace unisono::inline v0 {

/// A client's change that brings something new. Valid during the call.
struct document_change {
    std::string const& document;
    bytes_view update;
    publisher const* from; ///< null when the protocol does not know
};

/// What the host decides about documents, and hears of them. Called on the document's shard, so on any of
/// them; must not block. What throws is logged. What a hook edits in the document it is shown is stored and
/// told to everybody, as in document_service::with_document().
struct document_hooks {
    /// The first content of a document of which nothing was ever stored: an update, or an empty payload for
    /// none. It is stored before anybody is served, so the question is answered once in a document's life; in
    /// a crash it may be asked again, and first_content() makes the same update of the same content. An error
    /// turns those away who wait for the document: y-websocket is closed with 1013, Hocuspocus denied the
    /// document, native requests get backend_unavailable.
    host_hook<payload, std::string const& /*document*/> on_create = {};

    /// The document is in memory, and nobody is served yet: to look at it, or to bring it up to date. When
    /// this throws, it counts as not loaded.
    std::function<void(std::string const& document, document_replica&)> on_load = {};

    /// The document has changed, and then not for a while; see document_times. All that it shows is stored.
    /// Before a document is put away it is told at once, and when the service ends: then it may show edits of
    /// the host's that are still being stored, and what is edited is lost.
    std::function<void(std::string const& document, document_replica&)> on_change = {};

    /// The document was stored as a whole, as this update: now and then, and when it is put away.
    std::function<void(std::string const& document, payload const& snapshot)> on_store = {};

    /// The document has left memory; everything is stored.
    std::function<void(std::string const& document)> on_unload = {};

    /// May this change be taken in? An error refuses it: the client is told, put out of the document
    /// (y-websocket, Hocuspocus) or answered permission_denied (native), and nothing has changed. What the
    /// client asks meanwhile waits, so nothing is reordered. Not asked about the host's edits.
    host_hook<void, document_change const&> validate = {};
};

} // namespace unisono::inline v0
