using System.Diagnostics.CodeAnalysis;
using Metaflow.Cli.Help;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Settings;
using Metaflow.Tool.Commands;

namespace Metaflow.Tool;

/// <summary>The command line of the <c>metaflow</c> tool.</summary>
public static class ToolCommandLine
{
    /// <summary>Does what a command line asks for.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="streams">The console.</param>
    /// <param name="input">Answers to questions.</param>
    /// <returns>The exit code; see <see cref="ExitCodes"/>. Errors are printed, not thrown. When the output takes no more, that is said (MF2104), and the command
    /// ends with <see cref="ExitCodes.Failure"/>.</returns>
    public static async Task<int> ExecuteAsync(IReadOnlyList<string> arguments, ConsoleStreams streams, TextReader input)
    {
        ProgramPlugins.Add<ToolPlugin>();
        var watched = streams.Watched();
        try
        {
            return await ExecuteWatchedAsync(arguments, watched, input).ConfigureAwait(false);
        }
        catch (IOException) when (watched.HasLostText)
        {
            ErrorView.WriteLostOutput(watched);
            return ExitCodes.Failure;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The top of the command line: a fault of ours is reported as one, in a sentence.")]
    private static async Task<int> ExecuteWatchedAsync(IReadOnlyList<string> arguments, ConsoleStreams streams, TextReader input)
    {
        var parser = new CommandLineParser(ToolOptions.All, ToolCatalogue.Names, static name => ToolCatalogue.Find(name)?.Specification)
        {
            DefaultCommand = WelcomeCommand.Name,
        };
        try
        {
            GivenTexts.CheckArguments(arguments);
            var line = parser.Parse(arguments, streams.Environment);
            return await ExecuteAsync(new ToolContext(line, streams, input)).ConfigureAwait(false);
        }
        catch (MetaflowException error) when (error.ExitCode == ExitCodes.Usage)
        {
            var usage = parser.Command is { } command ? UsageText.Of(ToolCatalogue.Invocation, command) : $"{ToolCatalogue.Invocation} [OPTIONS] COMMAND [ARGS]...";
            ErrorView.WriteUsageError(streams, error, usage, string.Join(' ', new[] { ToolCatalogue.Invocation, parser.Command?.Name, "--help" }.OfType<string>()));
            return error.ExitCode;
        }
        catch (MetaflowException error)
        {
            ErrorView.WriteError(streams, error);
            return error.ExitCode;
        }
        catch (Exception fault) when (fault is not IOException || !streams.HasLostText)
        {
            ErrorView.WriteError(streams, InternalException.Of(fault));
            return ExitCodes.Failure;
        }
    }

    private static async Task<int> ExecuteAsync(ToolContext context)
    {
        if (context.Line.WantsVersion)
        {
            return await new VersionCommand().ExecuteAsync(context).ConfigureAwait(false);
        }

        if (context.Line.WantsHelp)
        {
            HelpCommand.Write(context, context.Line.CommandWasNamed ? context.Line.Command : null);
            return ExitCodes.Success;
        }

        return await ToolCatalogue.Find(context.Line.Command.Name)!.ExecuteAsync(context).ConfigureAwait(false);
    }
}
