using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Views;

/// <summary>Prints the error that ends a command.</summary>
internal static class ErrorView
{
    private const string Indent = "    ";

    /// <summary>Prints an error: its headline, and below it the message with the code.</summary>
    public static void WriteError(ConsoleStreams streams, MetaflowException error)
    {
        new StyledWriter(streams.Error, streams.ErrorIsRich).WriteLine(Indent, new(error.Headline + ":", TextStyle.Failure));
        streams.Error.WriteLine($"{Indent}{error.Message} [{error.Code}]");
    }

    /// <summary>Prints what ended a run that did not succeed.</summary>
    /// <param name="streams">The console.</param>
    /// <param name="end">How the run ended.</param>
    public static void WriteEnd(ConsoleStreams streams, RunEnd end)
    {
        if (end.WasInterrupted)
        {
            streams.Error.WriteLine("Aborted!");
        }
        else if (end.Error is { } error)
        {
            WriteError(streams, error);
        }
    }

    /// <summary>Prints an error that came before the command line could be read.</summary>
    /// <param name="streams">The console.</param>
    /// <param name="error">The error. It is lost when the stream of errors takes no more.</param>
    public static void Report(ConsoleStreams streams, MetaflowException error)
    {
        var watched = streams.Watched();
        try
        {
            WriteError(watched, error);
        }
        catch (IOException) when (watched.HasLostText())
        {
            // The exit code is all that is left to tell.
        }
    }

    /// <summary>Prints that the output is lost, unless the stream of errors takes no more either.</summary>
    /// <param name="streams">The console, watched.</param>
    public static void WriteLostOutput(ConsoleStreams streams)
    {
        if (streams.TellableLoss() is not { } fault)
        {
            return;
        }

        try
        {
            WriteError(streams, new ConfigurationException(
                ErrorCodes.OutputFile, "The output could not be written.", fault.Message.TrimEnd('.') + ".",
                "Free some space where it is redirected to, or redirect it elsewhere.", fault));
        }
        catch (IOException) when (streams.HasLostText())
        {
            // The exit code is all that is left to tell.
        }
    }

    /// <summary>Prints an error of the command line.</summary>
    /// <param name="streams">The console.</param>
    /// <param name="error">The error.</param>
    /// <param name="usage">How the command is used: what follows <c>Usage: </c>.</param>
    /// <param name="helpCommand">The command that shows help.</param>
    public static void WriteUsageError(ConsoleStreams streams, MetaflowException error, string usage, string helpCommand)
    {
        streams.Error.WriteLine($"Usage: {usage}");
        streams.Error.WriteLine($"Try '{helpCommand}' for help.");
        streams.Error.WriteLine();
        new StyledWriter(streams.Error, streams.ErrorIsRich).WriteLine(
            new("Error:", TextStyle.Failure), $" {error.Message} [{error.Code}]");
    }
}
