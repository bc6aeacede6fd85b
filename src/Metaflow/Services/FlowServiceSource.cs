using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Metaflow.Errors;

namespace Metaflow.Services;

/// <summary>Where the services of flow objects come from: made on the first use of one, and shared by the objects that it is given
/// to.</summary>
/// <remarks>Used only by flows that have a service. Thread-safe.</remarks>
internal sealed class FlowServiceSource : IAsyncDisposable
{
    private readonly Lazy<IServiceProvider?> _provider;
    private readonly bool _isOwn;

    /// <summary>Initializes a source.</summary>
    /// <param name="make">Makes the services.</param>
    /// <param name="isOwn">Whether they are disposed with this object; a host's are the host's.</param>
    public FlowServiceSource(Func<IServiceProvider?> make, bool isOwn)
    {
        _provider = new Lazy<IServiceProvider?>(make);
        _isOwn = isOwn;
    }

    /// <summary>Returns the source that the attribute of a flow's class or assembly names; one without services when there is
    /// none.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <returns>The source.</returns>
    public static FlowServiceSource NamedBy(Type flow) => OfType(TypeNamedBy(flow));

    /// <summary>Returns the class that the attribute of a flow's class or assembly names.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <returns>The class, or <see langword="null"/> if there is none.</returns>
    public static Type? TypeNamedBy(Type flow)
        => (flow.GetCustomAttribute<FlowServicesAttribute>() ?? flow.Assembly.GetCustomAttribute<FlowServicesAttribute>())?.Type;

    /// <summary>Returns the source that a class is.</summary>
    /// <param name="type">The class, or <see langword="null"/> for no services.</param>
    /// <returns>The source.</returns>
    public static FlowServiceSource OfType(Type? type) => new(() => type is null ? null : Build(type), isOwn: true);

    /// <summary>Returns a service.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="flow">The flow's name.</param>
    /// <param name="member">The property that asks.</param>
    /// <param name="isOptional">Whether there may be none.</param>
    /// <returns>The service, or <see langword="null"/> when it is optional and there is none.</returns>
    /// <exception cref="ConfigurationException">There is none (MF2131).</exception>
    public T? Get<T>(string flow, string member, bool isOptional)
        where T : class
    {
        var provider = _provider.Value;
        if (provider?.GetService(typeof(T)) is T service)
        {
            return service;
        }

        return isOptional ? null : throw new ConfigurationException(
            ErrorCodes.ServiceMissing,
            $"The service '{member}' of flow '{flow}' is missing.",
            provider is null
                ? "The flow has no class that creates its services."
                : $"The services contain none of type '{typeof(T).FullName}'.",
            provider is null
                ? "Name the class that creates them, '[FlowServices(typeof(MyServices))]', or pass them to FlowProgram.RunAsync or to "
                    + "the options of the run."
                : "Add it to them, or make the property's type nullable if the flow can work without it.");
    }

    /// <inheritdoc/>
    /// <exception cref="StepFailedException">The services threw an exception (MF3008).</exception>
    [SuppressMessage("Design", "CA1031", Justification = "The services are the author's: whatever they throw is the author's error.")]
    public async ValueTask DisposeAsync()
    {
        if (!_isOwn || !_provider.IsValueCreated || _provider.Value is not { } services)
        {
            return;
        }

        try
        {
            if (services is IAsyncDisposable later)
            {
                await later.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                (services as IDisposable)?.Dispose();
            }
        }
        catch (Exception error)
        {
            throw LimitReached.Of(error) ?? (MetaflowException)NotDisposed(services, error);
        }
    }

    private static StepFailedException NotDisposed(object services, Exception error) => new(
        ErrorCodes.ServicesNotDisposed,
        $"The services of the flow could not be disposed of: {error.GetType().FullName}: {ExceptionText.MessageOf(error)}",
        $"After each task Metaflow disposes of the services that it created, here '{services.GetType().FullName}'"
            + $"{(error.StackTrace is { } trace ? $" ({trace.Split('\n')[0].Trim()})" : "")}. The task fails although its step has ended.",
        "Catch the exception in the method 'Dispose' or 'DisposeAsync' that throws it.",
        error);

    /// <summary>Makes services.</summary>
    /// <param name="type">The class that makes them.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ConfigurationException">The class makes none (MF2131).</exception>
    public static IServiceProvider Build(Type type)
        => Activator.CreateInstance(type) is IFlowServices services ? services.Build() : throw new ConfigurationException(
            ErrorCodes.ServiceMissing,
            $"The class '{type.FullName}' creates no services.",
            $"It does not implement '{nameof(IFlowServices)}'.",
            $"Implement it, and return the provider from '{nameof(IFlowServices.Build)}'.");
}
