#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/document/document_replica.hpp>
#include <unisono/protocol/documents/access.hpp>
#include <unisono/protocol/documents/error.hpp>
#include <unisono/protocol/documents/inspection.hpp>
#include <unisono/protocol/documents/options.hpp>
#include <unisono/store/store.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace unisono::inline v0 {

namespace detail {

class open_documents;

template <class T>
struct as_result {
    using type = result<T>;
};
template <class T>
struct as_result<result<T>> {
    using type = result<T>;
};

} // namespace detail

/// Documents that clients have open together, whatever protocol each of them speaks.
///
/// A document is created when it is first opened. A change reaches others, and is part of what a newcomer
/// gets, only once it is stored; it is relayed as the bytes that came in. Changes that come in one turn of
/// the loop become one, which those who made them get as well when there are several of them. One service per
/// store: two would not see each other's changes.
///
/// Thread safety: constructed and destroyed while no shard works on it; other members as they say.
class document_service {
public:
    /// What comes out of work that returns R: a result of it, or the result that it returns itself.
    template <class R>
    using answer_of = typename detail::as_result<R>::type;

    /// `shards` and `store` must outlive it.
    document_service(std::vector<executor*> shards, document_store& store,
                     document_service_options const& options = {});
    ~document_service();
    document_service(document_service const&) = delete;
    document_service& operator=(document_service const&) = delete;

    /// Runs `work(Engine&)` with a document, loaded if need be, on the shard where it lives. What `work`
    /// edits is stored and told to everybody as a client's change is. `done` gets what it returned, there,
    /// too, once everything that it could see is stored:
    ///
    ///     documents.with_document<resident_yjs>("notes", [](resident_yjs& notes) {
    ///         notes.document().get_text("body").insert(0, "Hello");
    ///     });
    ///
    /// Engine is what document_room_options::make made, or document_replica. `work` must not block, nor keep
    /// the reference. Errors: those of the store, then what was edited is undone; document_error. When `work`
    /// throws, what it edited before stays. From any thread.
    template <class Engine, class Work, class R = std::invoke_result_t<Work&, Engine&>>
    void with_document(std::string_view document, Work work,
                       std::type_identity_t<std::function<void(answer_of<R>)>> done = {}) const {
        auto const made = std::make_shared<std::optional<answer_of<R>>>();
        visit(
            document,
            [work = std::move(work), made](document_replica& replica) mutable {
                auto* const engine = dynamic_cast<Engine*>(&replica);
                if (!engine) {
                    made->emplace(make_error_code(document_error::other_engine));
                } else if constexpr (std::is_void_v<R>) {
                    work(*engine);
                    made->emplace();
                } else {
                    made->emplace(work(*engine));
                }
            },
            [done = std::move(done), made](std::error_code error) {
                if (done)
                    done(error ? answer_of<R>{error} : *std::move(*made));
            });
    }

    /// The whole document as one update, for a file or another server. From any thread; `done` runs on the
    /// document's shard.
    void export_document(std::string_view document, std::function<void(result<payload>)> done) const;

    /// Takes in an update, as from a client that may do everything: what export_document() gave, or a change
    /// that was made elsewhere. `done` runs on the document's shard once it is stored. From any thread.
    void import_update(std::string_view document, payload update,
                       std::function<void(result<void>)> done = {}) const;

    /// Changes what `user` (publisher::user; empty: all who have no name) may do with a document, for all
    /// connections that have it open: what they sent and that has not had its turn falls under the new rule.
    /// With document_access::none they are put out. Later connections are the protocols' hooks' business.
    /// `reason` is told to who is put out. From any thread. Throws std::invalid_argument when it is not
    /// UTF-8.
    void allow(std::string_view document, std::string_view user, document_access access,
               std::string_view reason = "permission denied") const;

    /// Forgets a document and all that is stored of it. Who has it open is put out and told to stay away
    /// (y-websocket: 4410), for what they have would come back with them. Opened again, it is a new one, to
    /// which a client that was away meanwhile brings its copy along. From any thread; `done` runs on the
    /// document's shard.
    void remove(std::string_view document, std::function<void(result<void>)> done = {}) const;

    /// As remove(), but which elements it had is kept, a few bytes for each of their authors, as an update
    /// that deletes them: a copy that somebody brings along later is emptied, on both sides. What its owner
    /// wrote offline stays. document_hooks::on_create does not come again. An engine that cannot do that
    /// (document_replica::erasure()) forgets.
    void remove_everywhere(std::string_view document, std::function<void(result<void>)> done = {}) const;

    /// The shard of that index.
    executor& shard(std::size_t index) const noexcept;

    /// Expires cursors, tells the host of changes and puts away documents that nobody has open. Call every
    /// second or so on shard `index`.
    void tick(std::size_t index);

    /// Documents in memory on shard `index`. Call on that shard.
    std::size_t document_count(std::size_t index) const;

    /// What is in memory on shard `index`, and its `largest` documents. Looks at every document. Call on that
    /// shard.
    documents_inspection inspect(std::size_t index, std::size_t largest) const;

private:
    friend class document_session;

    template <class Work>
    void on_owner(std::string_view document, Work work) const;
    void visit(std::string_view document, std::function<void(document_replica&)> work,
               std::function<void(std::error_code)> done) const;

    std::shared_ptr<detail::open_documents> documents_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// The definitions need both classes, whichever header comes first.
#include <unisono/protocol/documents/session.hpp>
#endif
