using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Settings;

namespace Metaflow.Cli;

/// <summary>The command line of a flow program.</summary>
public static class FlowCommandLine
{
    /// <summary>Does what a command line asks for.</summary>
    /// <param name="application">The flow program.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="streams">The console.</param>
    /// <param name="interruption">Asked to stop a run by the program's signal handlers.</param>
    /// <returns>The exit code; see <see cref="ExitCodes"/>. Errors of the framework are printed, not thrown.</returns>
    public static async Task<int> ExecuteAsync(
        IFlowApplication application, IReadOnlyList<string> arguments, ConsoleStreams streams, RunInterruption interruption)
    {
        try
        {
            var parser = new CommandLineParser(CommonOptions.All, CommandCatalogue.Names, name => CommandCatalogue.Find(name)?.Specify(application));
            var line = parser.Parse(arguments, streams.Environment);
            var configured = CommonOptions.Apply(application, line, streams.Environment, streams.WorkingFolder);
            var context = new CommandContext(configured, line, streams, interruption);
            var command = CommandCatalogue.Find(line.Command.Name)!;
            WriteHeader(context, command);
            return await command.ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (MetaflowException error) when (error.ExitCode == ExitCodes.Usage)
        {
            ErrorView.WriteUsageError(streams, error, application.Invocation, $"{application.Invocation} --help");
            return error.ExitCode;
        }
        catch (MetaflowException error)
        {
            ErrorView.WriteError(streams, error);
            return error.ExitCode;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            await streams.Error.WriteLineAsync("Aborted!").ConfigureAwait(false);
            return interruption.ExitCode;
        }
    }

    private static void WriteHeader(CommandContext context, FlowCommand command)
    {
        if (command.ShowsHeader)
        {
            var application = context.Application;
            context.Say($"Metaflow {ProductVersion.Text} executing {application.Definition.FlowName} for user:{application.Settings.User}");
        }
    }
}
