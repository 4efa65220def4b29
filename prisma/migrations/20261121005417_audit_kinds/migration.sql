-- CreateIndex
CREATE INDEX "AuditEvent_chain_kind_seq_idx" ON "AuditEvent"("chain", "kind", "seq");
