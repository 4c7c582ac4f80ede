#include "operations.hpp"

#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/crdt/yjs/update_v2.hpp>

using unisono::byte_buffer;
using unisono::bytes_view;
using unisono::result;
namespace yjs = unisono::yjs;

result<byte_buffer> merge(update_version version, std::vector<byte_buffer> const& updates) {
    std::vector<bytes_view> const views{updates.begin(), updates.end()};
    return version == update_version::v1 ? yjs::merge_updates(views) : yjs::merge_updates_v2(views);
}

result<byte_buffer> diff(update_version version, bytes_view update, bytes_view state_vector) {
    return version == update_version::v1 ? yjs::diff_update(update, state_vector)
                                         : yjs::diff_update_v2(update, state_vector);
}

result<byte_buffer> state_vector(update_version version, bytes_view update) {
    return version == update_version::v1 ? yjs::state_vector_from_update(update)
                                         : yjs::state_vector_from_update_v2(update);
}

result<byte_buffer> convert(update_version from, update_version to, bytes_view update) {
    if (from != to)
        return from == update_version::v1 ? yjs::convert_update_v1_to_v2(update)
                                          : yjs::convert_update_v2_to_v1(update);
    auto const valid =
        from == update_version::v1 ? yjs::validate_update(update) : yjs::validate_update_v2(update);
    if (!valid)
        return valid.error();
    return byte_buffer(update.begin(), update.end());
}
