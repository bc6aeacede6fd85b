using Metaflow.Cli.Completion;
using Metaflow.Cli.Parsing;
using Metaflow.Errors;

namespace Metaflow.Tool.Commands;

/// <summary>Prints the script that completes commands in a shell.</summary>
internal sealed class CompletionCommand : ToolCommand
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => CompletionOutput.Script("completion bash", "completion zsh");

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        context.Streams.Out.Write(ShellScript.Of(CompletionOutput.ShellOf(context.Line), [ToolCatalogue.Invocation], ToolCatalogue.Invocation) + "\n");
        return Task.FromResult(ExitCodes.Success);
    }
}
