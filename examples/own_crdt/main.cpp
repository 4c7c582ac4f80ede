// A CRDT of one's own on a server: high_scores.hpp is the type, this is all the rest.

#include <unisono/store/store_sqlite.hpp>

#include "routes.hpp"

int main() {
    unisono::server app{{.port = 8080,
                         .store = unisono::sqlite_store::open("data/scores.db").value(),
                         .documents = own_crdt::documents()}};
    own_crdt::add_routes(app);
    app.run();
}
