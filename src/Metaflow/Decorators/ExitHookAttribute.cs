using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Metaflow.Client;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;
using Metaflow.Platform;

namespace Metaflow;

/// <summary>Names methods of the flow that are called when a run has ended. The scheduler calls them one after the other. If a method
/// throws, the exception is printed and changes nothing.</summary>
/// <remarks>A method may be static or not, and may have any accessibility. It takes no argument, or the run as a <see cref="RunHandle"/>.
/// It returns nothing or a task.</remarks>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ExitHookAttribute : FlowDecoratorAttribute, IRunEndedHook
{
    private const BindingFlags Anywhere = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;

    /// <summary>Gets or sets the methods that are called after a run that succeeded, by <c>nameof</c>. None by default.</summary>
    public string[] OnSuccess { get; set; } = [];

    /// <summary>Gets or sets the methods that are called after a run that failed or was interrupted, by <c>nameof</c>. None by
    /// default.</summary>
    public string[] OnError { get; set; } = [];

    /// <summary>Gets or sets how long a method may take, in seconds. After that, the scheduler does not wait for it any more. The default
    /// is 300.</summary>
    public int TimeoutSeconds { get; set; } = 300;

    /// <inheritdoc/>
    public override string DecoratorName => "exit_hook";

    /// <inheritdoc/>
    public override bool AllowsMultiple => true;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData()
        => [new("on_success", OnSuccess), new("on_error", OnError), new("options", new Dictionary<string, object?>())];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(FlowDefinition definition)
        => DecoratorRules.CheckExitHook(OnSuccess.Length + OnError.Length, TimeoutSeconds)
            .Select(mistake => FlowProblem.Of(definition, mistake));

    /// <inheritdoc/>
    async ValueTask IRunEndedHook.OnRunEndedAsync(RunHookContext context)
    {
        foreach (var name in context.Succeeded == true ? OnSuccess : OnError)
        {
            await CallAsync(name, context).ConfigureAwait(false);
        }
    }

    /// <summary>Returns what is wrong with the methods that it names.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <param name="definition">The flow.</param>
    /// <returns>The problems.</returns>
    internal IEnumerable<GraphProblem> CheckMethods(Type flow, FlowDefinition definition)
        => DecoratorRules.CheckExitMethods(nameof(OnSuccess), OnSuccess, name => Find(flow, name) is not null)
            .Concat(DecoratorRules.CheckExitMethods(nameof(OnError), OnError, name => Find(flow, name) is not null))
            .Select(mistake => FlowProblem.Of(definition, mistake));

    private static MethodInfo? Find(Type flow, string name)
    {
        for (var type = flow; type is not null && type != typeof(FlowSpec); type = type.BaseType)
        {
            var found = type.GetMethods(Anywhere)
                .FirstOrDefault(method => method.Name == name && TakesRunOrNothing(method.GetParameters()));
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private static bool TakesRunOrNothing(ParameterInfo[] parameters)
        => parameters is [] || (parameters is [var only] && only.ParameterType == typeof(RunHandle));

    [SuppressMessage(
        "Design", "CA1031", Justification = "An author's method may raise anything; the run is over, and it is only reported.")]
    private async Task CallAsync(string name, RunHookContext context)
    {
        var method = Find(context.Flow.GetType(), name)!;
        try
        {
            var target = method.IsStatic ? null : Activator.CreateInstance(context.Flow.GetType());
            object?[] arguments = method.GetParameters().Length == 0 ? [] : [context.OpenRun()];

            // A thread of its own, so that one that never returns is left behind.
            var running = Task.Run(() => InvokeAsync(method, target, arguments));
            using var ended = new CancellationTokenSource();
            var first = await Task.WhenAny(
                running,
                LongTimer.DelayAsync(TimeProvider.System, TimeSpan.FromSeconds(TimeoutSeconds), ended.Token)).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            if (first == running)
            {
                await running.ConfigureAwait(false);
                return;
            }

            context.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"[exit_hook] Hook '{name}' took longer than {TimeoutSeconds} seconds, and the run does not wait for it. "
                    + $"[{ErrorCodes.ExitHookFailed}]"));
        }
        catch (Exception exception)
        {
            var cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
            context.Say(
                $"[exit_hook] Hook '{name}' failed with error: {cause.GetType().FullName}: {ExceptionText.MessageOf(cause)} "
                    + $"[{ErrorCodes.ExitHookFailed}]");
        }
    }

    private static async Task InvokeAsync(MethodInfo method, object? target, object?[] arguments)
    {
        switch (method.Invoke(target, arguments))
        {
            case Task task:
                await task.ConfigureAwait(false);
                break;
            case ValueTask task:
                await task.ConfigureAwait(false);
                break;
        }
    }
}
