-- AlterTable
ALTER TABLE "Feed" ADD COLUMN     "recoveryBytes" BYTEA;
