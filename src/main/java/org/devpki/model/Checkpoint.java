package org.devpki.model;

/** Told of each numbered step of a deed as it is reached; the crash tests stop the process there. */
@FunctionalInterface
public interface Checkpoint {
    /** The steps, in order; after each one the process may die and nothing may be lost. */
    enum Step {
        ISSUE_1_LOCKED,
        ISSUE_2_PLANNED,
        ISSUE_3_RESERVED,
        ISSUE_4_SIGNED,
        ISSUE_5_RECORDED,
        ISSUE_6_FILES_WRITTEN,
        ISSUE_7_RENAMED,
        ISSUE_8_DELIVERED,
        PUBLISH_1_LOCKED,
        PUBLISH_2_NUMBERED,
        PUBLISH_3_SIGNED,
        PUBLISH_4_PROVEN,
        PUBLISH_5_DER_SHELVED,
        PUBLISH_6_PEM_SHELVED,
        PUBLISH_7_ALL_SHELVED,
        PUBLISH_8_RECORDED,
        PUBLISH_9_HOOKS_RUN,
        REVOKE_1_PLANNED,
        REVOKE_2_GROUP_REVOKED,
        BATCH_1_PLANNED,
        BATCH_2_NOTED,
        MANIFEST_1_WRITTEN,
        MERGE_1_COMPARED,
        MERGE_2_DONE,
        OCSP_1_LOCKED,
        OCSP_2_SIGNED,
        OCSP_3_SHELVED,
        OCSP_4_ALL_SHELVED,
        OCSP_5_RECORDED,
        MIGRATE_1_PROVEN,
        MIGRATE_2_COPIED,
        MIGRATE_3_CLOSED,
        MIGRATE_4_NOTED,
        OPEN_1_FILES_WRITTEN,
        ARCHIVE_1_WRITTEN,
        REQUEST_1_KEY_KEPT,
        REQUEST_2_SEALED,
        REQUEST_3_WRITTEN,
        ANSWER_1_SEALED,
        ANSWER_2_WRITTEN,
        COMPLETE_1_KEY_FORGOTTEN,
        REWRAP_1_PREPARED,
        REWRAP_2_REPLACED,
        CA_1_KEY_MADE,
        CA_2_ADDED,
        PASSWORD_1_PREPARED,
        PASSWORD_2_DELIVERED,
        INSTALL_1_PROVEN,
        INSTALL_2_REPLACED
    }

    /** Nobody is told. */
    Checkpoint NONE = step -> {};

    void reached(Step step);
}
