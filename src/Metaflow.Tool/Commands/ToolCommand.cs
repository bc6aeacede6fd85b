using Metaflow.Cli.Parsing;

namespace Metaflow.Tool.Commands;

/// <summary>A command of the tool.</summary>
internal abstract class ToolCommand
{
    /// <summary>Gets what the command accepts, for the parser and for help.</summary>
    public abstract CommandSpecification Specification { get; }

    /// <summary>Does the command.</summary>
    /// <returns>The exit code.</returns>
    public abstract Task<int> ExecuteAsync(ToolContext context);
}
