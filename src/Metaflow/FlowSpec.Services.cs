using System.ComponentModel;
using Metaflow.Services;

namespace Metaflow;

/// <content>The services of a flow.</content>
public abstract partial class FlowSpec
{
    /// <summary>Gets or sets where the flow's services come from; <see langword="null"/> until one is asked for, unless they were handed
    /// over.</summary>
    internal FlowServiceSource? Services { get; set; }

    /// <summary>Returns a service; called by generated code, once for each property of an object.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="member">The property that asks.</param>
    /// <param name="isOptional">Whether there may be none.</param>
    /// <returns>The service, or <see langword="null"/> when it is optional and there is none.</returns>
    /// <exception cref="Errors.ConfigurationException">There is none (MF2131).</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T? ServiceOf<T>(string member, bool isOptional)
        where T : class
        => (Services ??= FlowServiceSource.NamedBy(GetType())).Get<T>(FlowName, member, isOptional);
}
