using Metaflow.Cli.Completion;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>Prints the script that completes commands in a shell.</summary>
/// <param name="host">The program.</param>
/// <typeparam name="TContext">What its commands work with.</typeparam>
internal sealed class CompletionCommand<TContext>(CommandHost<TContext> host) : Command<TContext>
    where TContext : CommandContext
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => CompletionOutput.Script("completion bash", "completion fish");

    /// <inheritdoc/>
    public override void CheckInput(TContext context) => CompletionOutput.ShellOf(context.Line);

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(TContext context)
    {
        var script = ShellScript.Of(CompletionOutput.ShellOf(context.Line), Programs(host.Invocation), host.Invocation);
        context.Streams.Out.Write(script + "\n");
        return Task.FromResult(ExitCodes.Success);
    }

    // Of 'dotnet run flow.cs --' it is the file that shells know, once it is started as './flow.cs'.
    private static IReadOnlyList<string> Programs(string invocation)
    {
        var name = Path.GetFileName(
            invocation.Split(' ', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(static word => !word.StartsWith('-')) ?? "flow");
        return name.EndsWith(".cs", StringComparison.Ordinal) ? [name, name[..^3]] : [name];
    }
}
