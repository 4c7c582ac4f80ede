#pragma once

#include <unisono/codec/detail/lib0_number.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/client_table.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL client_index client_table::find_cold(std::uint64_t id) const noexcept {
    if (table_.empty())
        return no_client;
    for (std::size_t i = start(id);; i = (i + 1) & (table_.size() - 1)) {
        client_index const c = table_[i];
        if (c == no_client)
            return no_client;
        if (records_[c].id == id)
            return last_ = c;
    }
}

UNISONO_DECL client_index client_table::add(std::uint64_t id) {
    auto const place = [this](client_index c) {
        std::size_t i = start(records_[c].id);
        while (table_[i] != no_client)
            i = (i + 1) & (table_.size() - 1);
        table_[i] = c;
    };
    client_record& record = records_.emplace_back();
    record.id = id;
    record.wire_id_size =
        static_cast<std::uint8_t>(unisono::detail::write_lib0_number(record.wire_id.data(), id));
    auto const added = static_cast<client_index>(records_.size() - 1);
    if (table_.size() < 2 * records_.size()) {
        table_.assign(std::max<std::size_t>(8, 2 * table_.size()), no_client);
        for (client_index c = 0; c < added; ++c)
            place(c);
    }
    place(added);
    return last_ = added;
}

UNISONO_DECL std::vector<client_index> client_table::descending() const {
    std::vector<client_index> order(records_.size());
    for (client_index c = 0; c < order.size(); ++c)
        order[c] = c;
    std::sort(order.begin(), order.end(),
              [this](client_index a, client_index b) { return records_[a].id > records_[b].id; });
    return order;
}

} // namespace unisono::inline v0::yjs::detail
