#pragma once

namespace unisono::inline v0::crdt {

/// What joining a state did to the one it was joined to.
enum class effect {
    none,    ///< nothing: everything in it was known
    changed, ///< something was learned; what was received is worth passing on
    reused,  ///< two different changes came under one name: a replica id is used twice, or again after its
             ///< state was lost. Replicas still become the same, but what was written is not kept.
};

} // namespace unisono::inline v0::crdt
