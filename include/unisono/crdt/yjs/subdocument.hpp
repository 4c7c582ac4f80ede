#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/crdt/yjs/document_options.hpp>

#include <string>
#include <vector>

namespace unisono::inline v0::yjs {

/// A document inside a document: what its holder knows of it. Its content is synchronised apart.
struct subdocument {
    std::string guid;
    any_value options;

    friend bool operator==(subdocument const&, subdocument const&) = default;
};

/// Which documents inside of a document came, went, or are to be loaded in a transaction. Their content is
/// synchronised apart, usually as a document of its own under their guid. Valid during the call.
struct subdocuments_event {
    std::vector<subdocument> added = {};
    std::vector<subdocument> removed = {};
    std::vector<subdocument> loaded = {}; ///< somebody wants to see their content now
    yjs::origin origin = nullptr;
    bool local = true;
};

/// A document inside of a document, and whether its content is wanted here.
struct subdocument_state {
    subdocument document;
    bool loaded = false;

    friend bool operator==(subdocument_state const&, subdocument_state const&) = default;
};

} // namespace unisono::inline v0::yjs
