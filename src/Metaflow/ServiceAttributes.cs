namespace Metaflow;

/// <summary>Marks a read-only partial property of a flow as a service: an object of the program's, such as a clock or a client, which is no
/// artifact.</summary>
/// <remarks>It is asked for on its first use in each task, and kept for the task: <c>[Service] public partial IClock Clock { get; }</c>.
/// Where services come from is said by <see cref="FlowServicesAttribute"/>, by <c>FlowProgram.RunAsync</c>, or by the host. A property of a
/// type that allows <see langword="null"/> is <see langword="null"/> where there is no such service.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ServiceAttribute : Attribute;

/// <summary>Names the class that makes the services of a flow, or of all flows of an assembly, in the process of a task, on the first use
/// of one.</summary>
/// <param name="type">A class with a constructor without parameters that implements <see cref="IFlowServices"/>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class FlowServicesAttribute(Type type) : Attribute
{
    /// <summary>Gets the class.</summary>
    public Type Type => type;
}

/// <summary>Makes the services of flows. One object is made for each process that needs one.</summary>
public interface IFlowServices
{
    /// <summary>Makes the services.</summary>
    /// <returns>The provider; disposed when the task ends, where it can be.</returns>
    IServiceProvider Build();
}
