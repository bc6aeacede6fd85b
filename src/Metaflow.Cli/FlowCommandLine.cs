using System.Diagnostics.CodeAnalysis;
using Metaflow.Cli.Commands;
using Metaflow.Cli.Help;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Errors;
using Metaflow.Running;
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
    /// <returns>The exit code; see <see cref="ExitCodes"/>. Errors of the framework are printed, not thrown. When the output takes no more, that is
    /// said (MF2104), and the command ends with <see cref="ExitCodes.Failure"/>.</returns>
    public static async Task<int> ExecuteAsync(
        IFlowApplication application, IReadOnlyList<string> arguments, ConsoleStreams streams, RunInterruption interruption)
    {
        var watched = WithSettings(streams, application.Settings.Environment).Watched();
        try
        {
            return await ExecuteWatchedAsync(application, arguments, watched, interruption).ConfigureAwait(false);
        }
        catch (IOException) when (watched.HasLostText)
        {
            ErrorView.WriteLostOutput(watched);
            return ExitCodes.Failure;
        }
    }

    // What settings files say of options and parameters counts like variables, below those.
    private static ConsoleStreams WithSettings(ConsoleStreams streams, IReadOnlyDictionary<string, string> settings)
    {
        var variables = new Dictionary<string, string>(settings, StringComparer.Ordinal);
        foreach (var (name, value) in streams.Environment)
        {
            variables[name] = value;
        }

        return streams with { Environment = variables };
    }

    /// <summary>Prints an error that came before the command line could be read.</summary>
    /// <param name="streams">The console.</param>
    /// <param name="error">The error. It is lost when the stream of errors takes no more.</param>
    public static void Report(ConsoleStreams streams, MetaflowException error)
    {
        var watched = streams.Watched();
        try
        {
            ErrorView.WriteError(watched, error);
        }
        catch (IOException) when (watched.HasLostText)
        {
            // The exit code is all that is left to tell.
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The top of the command line: a fault of ours is reported as one, in a sentence.")]
    private static async Task<int> ExecuteWatchedAsync(
        IFlowApplication application, IReadOnlyList<string> arguments, ConsoleStreams streams, RunInterruption interruption)
    {
        CommandLineParser? parser = null;
        try
        {
            parser = new CommandLineParser(CommonOptions.Of(application), CommandCatalogue.Names, name => CommandCatalogue.Find(name)?.Specify(application)) { DefaultCommand = "check" };
            var line = parser.Parse(arguments, streams.Environment);
            var configured = CommonOptions.Apply(application, line, streams.WorkingFolder);
            return await ExecuteAsync(new CommandContext(configured, line, streams, interruption)).ConfigureAwait(false);
        }
        catch (MetaflowException error) when (error.ExitCode == ExitCodes.Usage)
        {
            WriteUsageError(application, parser?.Command, streams, error);
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
        catch (Exception fault) when (fault is not IOException || !streams.HasLostText)
        {
            ErrorView.WriteError(streams, InternalException.Of(fault));
            return ExitCodes.Failure;
        }
    }

    private static async Task<int> ExecuteAsync(CommandContext context)
    {
        var line = context.Line;
        if (line.WantsVersion)
        {
            return await new VersionCommand().ExecuteAsync(context).ConfigureAwait(false);
        }

        if (line.WantsHelp)
        {
            HelpCommand.Write(context, line.CommandWasNamed ? line.Command : null);
            return ExitCodes.Success;
        }

        var command = CommandCatalogue.Find(line.Command.Name)!;
        command.CheckInput(context);
        if (command.ShowsHeader)
        {
            var application = context.Application;
            context.Say($"Metaflow {ProductVersion.Text} executing {application.Definition.FlowName} for user:{application.Settings.User}");
        }

        return await command.ExecuteAsync(context).ConfigureAwait(false);
    }

    private static void WriteUsageError(IFlowApplication application, CommandSpecification? command, ConsoleStreams streams, MetaflowException error)
    {
        var invocation = application.Invocation;
        if (command is null)
        {
            ErrorView.WriteUsageError(streams, error, $"{invocation} [OPTIONS] COMMAND [ARGS]...", $"{invocation} --help");
        }
        else
        {
            ErrorView.WriteUsageError(streams, error, UsageText.Of(invocation, command), $"{invocation} {command.Name} --help");
        }
    }
}
