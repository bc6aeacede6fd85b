namespace Metaflow.Errors;

/// <summary>Every error code. A code is never reused, has a page in <c>docs/errors</c> and a test that names it.</summary>
/// <remarks>1xxx the flow's definition, 2xxx configuration, 3xxx a step failed, 4xxx storage, 5xxx metadata, 6xxx launching, 9xxx our own faults.</remarks>
public static partial class ErrorCodes
{
}
