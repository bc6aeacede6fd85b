using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>A test of the matrix: code for the steps of any graph that fits, and what must be seen of the run afterwards.</summary>
internal abstract class MatrixTest : FlowPlan
{
    /// <summary>Looks at the run; what the steps themselves expect has failed the run before.</summary>
    public virtual void Check(CaseCheck check)
    {
    }
}
