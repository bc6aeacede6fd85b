using Metaflow.Cli.Commands;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Running;

namespace Metaflow.Cli;

/// <summary>The command line of a flow program.</summary>
internal static class FlowCommandLine
{
    /// <summary>Does what a command line asks for.</summary>
    /// <param name="application">The flow program.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="streams">The console.</param>
    /// <param name="interruption">Asked to stop a run by the program's signal handlers.</param>
    /// <param name="plugins">The plug-ins whose commands the program has; those of this process by default.</param>
    /// <returns>The exit code; see <see cref="ExitCodes"/>. Errors of the framework are printed, not thrown. When the output takes no more, that is
    /// said (MF2104), and the command ends with <see cref="ExitCodes.Failure"/>.</returns>
    public static Task<int> ExecuteAsync(
        IFlowApplication application,
        IReadOnlyList<string> arguments,
        ConsoleStreams streams,
        RunInterruption interruption,
        PluginRegistry? plugins = null)
        => new FlowCommandHost(application, WithSettings(streams, application.Settings.Environment), interruption, plugins).ExecuteAsync(arguments);

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
        catch (IOException) when (watched.HasLostText())
        {
            // The exit code is all that is left to tell.
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
}
