-- AlterTable
ALTER TABLE "Webhook" ADD COLUMN     "failingSince" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "WebhookDelivery" ADD COLUMN     "lastResponse" TEXT;
