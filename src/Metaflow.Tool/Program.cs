using Metaflow.Cli.Terminal;
using Metaflow.Tool;

return await ToolCommandLine.ExecuteAsync(args, ConsoleStreams.OfProcess(), Console.In).ConfigureAwait(false);
