import '../src/server/target-cli.ts'
