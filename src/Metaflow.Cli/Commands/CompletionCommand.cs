using Metaflow.Cli.Completion;
using Metaflow.Cli.Parsing;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Prints the script that completes commands in a shell.</summary>
internal sealed class CompletionCommand : FlowCommand
{
    /// <inheritdoc/>
    public override bool ShowsHeader => false;

    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => CompletionOutput.Script("completion bash", "completion fish");

    /// <inheritdoc/>
    public override void CheckInput(CommandContext context) => CompletionOutput.ShellOf(context.Line);

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        var invocation = context.Application.Invocation;
        context.Streams.Out.Write(ShellScript.Of(CompletionOutput.ShellOf(context.Line), Programs(invocation), invocation) + "\n");
        return Task.FromResult(ExitCodes.Success);
    }

    // Of 'dotnet run flow.cs --' it is the file that shells know, once it is started as './flow.cs'.
    private static IReadOnlyList<string> Programs(string invocation)
    {
        var name = Path.GetFileName(invocation.Split(' ', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(static word => !word.StartsWith('-')) ?? "flow");
        return name.EndsWith(".cs", StringComparison.Ordinal) ? [name, name[..^3]] : [name];
    }
}
