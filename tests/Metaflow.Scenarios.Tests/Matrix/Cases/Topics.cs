namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>Tests of values and what tasks know of themselves.</summary>
internal abstract class ValueMatrixTest : MatrixTest;

/// <summary>Tests of the ways that flows go.</summary>
internal abstract class ShapeMatrixTest : MatrixTest;

/// <summary>Tests of failures.</summary>
internal abstract class FailureMatrixTest : MatrixTest;

/// <summary>Tests of resumed runs.</summary>
internal abstract class ResumeMatrixTest : MatrixTest
{
    /// <summary>In the code of a step: whether the run resumes another.</summary>
    protected const string IsResumed = "(Current.OriginRunId is not null)";

    public override bool Resumes => true;
}
